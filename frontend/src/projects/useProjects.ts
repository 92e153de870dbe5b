import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { newKey, request } from "@/api/http";
import { nextPage } from "@/api/paging";
import type { ApiPath } from "@/api/paths";
import type { Page, Project, Template } from "@/api/types";

/** Ones that are worked on, by whose they are or all together; put away; thrown away. */
export type ProjectState = "active" | "mine" | "shared" | "archived" | "deleted";
export type ProjectSort = "recent" | "name" | "created";

export interface ProjectFilter {
  readonly state: ProjectState;
  readonly sort: ProjectSort;
  readonly search: string;
}

function query(filter: ProjectFilter): ApiPath {
  const owned = filter.state === "mine" || filter.state === "shared";
  const values = new URLSearchParams({ "filter[state]": owned ? "active" : filter.state, sort: filter.sort });
  if (owned) values.set("filter[owner]", filter.state);
  if (filter.search !== "") values.set("search", filter.search);
  return `/projects?${values.toString()}`;
}

/** Projects, a page at a time. */
export function useProjects(filter: ProjectFilter) {
  return useInfiniteQuery({
    queryKey: ["projects", filter],
    initialPageParam: query(filter),
    queryFn: ({ pageParam }) => request<Page<Project>>(pageParam),
    getNextPageParam: nextPage,
  });
}

export function useTemplates() {
  return useQuery({ queryKey: ["templates"], queryFn: () => request<readonly Template[]>("/templates"), staleTime: Infinity });
}

export interface NewProject {
  readonly title?: string;
  readonly asset?: string;
  readonly template?: string;
}

/** Makes a project; repeated by the network, it is made once. */
export function useCreateProject() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (wanted: NewProject) => request<Project>("/projects", { method: "POST", body: wanted, once: newKey() }),
    onSuccess: () => cache.invalidateQueries({ queryKey: ["projects"] }),
  });
}

export type ProjectWish =
  | { readonly kind: "change"; readonly project: Project; readonly values: Readonly<Record<string, unknown>> }
  | { readonly kind: "bin"; readonly project: Project }
  | { readonly kind: "duplicate"; readonly project: Project }
  | { readonly kind: "file"; readonly project: Project };

/** Everything a card's menu can do. */
export function useProjectWish() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async (wish: ProjectWish): Promise<void> => {
      const path: ApiPath = `/projects/${wish.project.id}`;
      if (wish.kind === "bin") await request(path, { method: "DELETE" });
      else if (wish.kind === "duplicate") await request(`/projects/${wish.project.id}/duplicate`, { method: "POST", body: {}, once: newKey(), afterEdits: true });
      else if (wish.kind === "file") await request(`/projects/${wish.project.id}/exports`, { method: "POST", body: {}, once: newKey(), afterEdits: true });
      else await request(path, { method: "PATCH", body: wish.values, version: wish.project.version });
    },
    onSettled: () => cache.invalidateQueries({ queryKey: ["projects"] }),
  });
}
