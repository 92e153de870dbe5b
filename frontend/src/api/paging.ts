import type { ApiPath } from "./paths";

const ROOT = "/api/v1";

/** Where the next page is; the server itself names it, with or without its host. */
export function nextPage(page: { readonly next: string | null }): ApiPath | undefined {
  if (page.next === null) return undefined;
  return page.next.slice(page.next.indexOf(ROOT) + ROOT.length) as ApiPath;
}
