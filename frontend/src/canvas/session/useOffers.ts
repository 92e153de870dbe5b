import { useQuery } from "@tanstack/react-query";
import { request } from "@/api/http";
import type { Preset, QualityOffer } from "@/api/types";

const NONE: readonly QualityOffer[] = [];

/** How carefully the studio's model can be asked to work; none until the server said so. */
export function useOffers(): readonly QualityOffer[] {
  const presets = useQuery({ queryKey: ["presets"], queryFn: () => request<readonly Preset[]>("/presets"), staleTime: Infinity }).data;
  return presets?.find((preset) => preset.current)?.qualities ?? NONE;
}
