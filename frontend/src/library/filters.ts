/** What the library can be narrowed down by, and the values that the server knows; null takes any, an id only what is one. */
const KNOWN: Readonly<Record<string, readonly string[] | "id" | null>> = {
  kind: ["clip", "image", "film"],
  starred: ["true"],
  rejected: ["true"],
  used_in_film: ["true"],
  length: ["short", "middle", "long"],
  made: ["day", "week", "month"],
  aspect: ["wide", "tall", "square"],
  project: "id",
  collection: "id",
  tag: null,
};
export const SORTS = ["newest", "oldest", "longest", "name"] as const;
export type Sort = (typeof SORTS)[number];
const ID = /^[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$/i;

function isKnown(name: string, value: string): boolean {
  const values = KNOWN[name];
  if (values === undefined || value === "") return false;
  if (values === "id") return ID.test(value);
  return values === null || values.includes(value);
}

export function sortOf(address: URLSearchParams): Sort {
  return SORTS.find((sort) => sort === address.get("sort")) ?? "newest";
}

/**
 * An address as this page writes it: `kind=clip`, as people write and links say it, is `filter[kind]=clip`. What nobody
 * knows is left out, so that it narrows nothing down.
 */
export function understood(address: URLSearchParams): URLSearchParams {
  const known = new URLSearchParams();
  for (const name of Object.keys(KNOWN)) {
    const value = [address.get(`filter[${name}]`), address.get(name)].find((one) => one !== null && isKnown(name, one));
    if (value !== undefined && value !== null) known.set(`filter[${name}]`, value);
  }
  for (const name of ["item", "search"]) {
    const value = address.get(name) ?? "";
    if (value !== "") known.set(name, value);
  }
  const sort = sortOf(address);
  if (sort !== "newest") known.set("sort", sort);
  return known;
}

/** The same place, with nothing narrowed down. */
export function withoutFilters(address: URLSearchParams): URLSearchParams {
  return new URLSearchParams([...understood(address)].filter(([name]) => !name.startsWith("filter[")));
}
