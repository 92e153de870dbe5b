import { memo } from "react";
import { shownTake } from "@/takes/look";
import { useTakesOf } from "@/takes/runsStore";
import { isRunning, watchableSeconds } from "@/takes/take";
import type { Take } from "@/takes/take";
import type { NodeRecord } from "../node";
import { countRender } from "../renderCounter";
import { useView } from "../view";

/** The second bar from afar: one strip, filled as far as there is something to watch. */
function stripOf(take: Take): string {
  const share = `${String(Math.round((100 * watchableSeconds(take)) / take.duration_s))}%`;
  const color = isRunning(take) ? "var(--generating)" : take.status === "failed" ? "var(--failed)" : "var(--cell-ready)";
  return `linear-gradient(90deg, ${color} ${share}, var(--surface-3) 0)`;
}

/** A shot from afar: picture and status, nothing to press. Hundreds of these must be cheap. */
export const FarShot = memo(function FarShot({ node }: { readonly node: NodeRecord }) {
  countRender(node.id);
  const take = shownTake(useTakesOf(node.id), node.chosen_take_id);
  const selected = useView((state) => state.selection.has(node.id));
  const dimmed = useView((state) => state.path !== null && !state.path.has(node.id));
  const poster = take?.poster_urls?.["160"];
  return (
    <article className="node far-shot" data-selected={selected} data-dimmed={dimmed} data-node-id={node.id} data-look={take?.status ?? "empty"}>
      <div className="far-picture" style={poster === undefined ? undefined : { backgroundImage: `url("${poster}")` }} />
      <div className="far-strip" style={take === null ? undefined : { background: stripOf(take) }} />
    </article>
  );
});
