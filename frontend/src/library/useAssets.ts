import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { newKey, request } from "@/api/http";
import type { Frozen, Schemas } from "@/api/frozen";
import { nextPage } from "@/api/paging";
import type { ApiPath } from "@/api/paths";
import type { AssetCard, Page, Project } from "@/api/types";

export interface Facets {
  readonly all: number;
  readonly kind: Readonly<Record<string, number>>;
  readonly starred: number;
  readonly rejected: number;
  readonly used_in_film: number;
  readonly project: readonly { readonly id: string; readonly title: string; readonly count: number }[];
  readonly tags: readonly { readonly tag: string; readonly count: number }[];
}

interface AssetPage extends Page<AssetCard> {
  readonly facets: Facets | null;
}

/** Assets that fit what the address says, a page at a time. */
export function useAssets(query: string) {
  return useInfiniteQuery({
    queryKey: ["assets", query],
    initialPageParam: `/assets?${query}` as ApiPath,
    queryFn: ({ pageParam }) => request<AssetPage>(pageParam),
    getNextPageParam: nextPage,
  });
}

export interface Lineage {
  readonly ancestors: readonly AssetCard[];
  readonly descendants: readonly AssetCard[];
}

export function useLineage(assetId: string | null) {
  return useQuery({
    queryKey: ["lineage", assetId],
    queryFn: () => request<Lineage>(`/assets/${assetId ?? ""}/lineage`),
    enabled: assetId !== null,
  });
}

export type Collection = Frozen<Schemas["Collection"]>;

export function useCollections() {
  return useQuery({ queryKey: ["collections"], queryFn: () => request<readonly Collection[]>("/collections") });
}

export function useCreateCollection() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (title: string) => request<Collection>("/collections", { method: "POST", body: { title } }),
    onSuccess: () => cache.invalidateQueries({ queryKey: ["collections"] }),
  });
}

export interface BulkWish {
  readonly action: "star" | "unstar" | "reject" | "unreject" | "delete" | "restore" | "tag" | "untag" | "add_to_collection";
  readonly ids: readonly string[];
  readonly value?: string;
}

export function useBulk() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (wish: BulkWish) => request<{ count: number }>("/assets/bulk", { method: "POST", body: wish }),
    onSettled: () => Promise.all([cache.invalidateQueries({ queryKey: ["assets"] }), cache.invalidateQueries({ queryKey: ["collections"] })]),
  });
}

/** A project that begins with an asset. */
export function useProjectFromAsset() {
  return useMutation({
    mutationFn: (assetId: string) => request<Project>(`/assets/${assetId}/new-project`, { method: "POST", body: {}, once: newKey() }),
  });
}

/** Projects that were worked on lately, newest first. */
export function useRecentProjects() {
  return useQuery({ queryKey: ["projects", "recent"], queryFn: async () => (await request<Page<Project>>("/projects?filter[state]=active&sort=recent")).results });
}
