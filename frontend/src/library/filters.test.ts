import { expect, it } from "vitest";
import { sortOf, understood } from "./filters";

const said = (query: string): string => decodeURIComponent(understood(new URLSearchParams(query)).toString());
const PROJECT = "0190c2f0-0000-7000-8000-00000000002a";

it("takes a filter as people write it, and as it writes it itself", () => {
  expect(said("kind=clip")).toBe("filter[kind]=clip");
  expect(said("filter[kind]=image&starred=true")).toBe("filter[kind]=image&filter[starred]=true");
  expect(said("kind=film&filter[kind]=clip")).toBe("filter[kind]=clip");
  expect(said(`project=${PROJECT}&tag=dusk&length=long&made=week&aspect=tall`)).toBe(`filter[length]=long&filter[made]=week&filter[aspect]=tall&filter[project]=${PROJECT}&filter[tag]=dusk`);
});

it("leaves out what nobody knows", () => {
  expect(said("kind=hologram")).toBe("");
  expect(said("kind=&filter[kind]=x&filter[starred]=maybe&project=me&filter[length]=__proto__&constructor=clip&sort=best")).toBe("");
  expect(said("filter[kind]=x&kind=clip")).toBe("filter[kind]=clip");
});

it("keeps what is looked for, what is open and how it is sorted", () => {
  expect(said("search=wind&item=7&sort=name&cursor=x")).toBe("item=7&search=wind&sort=name");
  expect(sortOf(new URLSearchParams("sort=oldest"))).toBe("oldest");
  expect(sortOf(new URLSearchParams("sort=toString"))).toBe("newest");
});

it("says the same of what it said itself", () => {
  const once = understood(new URLSearchParams("kind=clip&search=wind&sort=longest"));
  expect(understood(once).toString()).toBe(once.toString());
});
