import type { TemplateShot } from "@/api/types";
import { drawTree, type DrawnShot, type Move } from "./templatePicture";

const BOX = { width: 96, height: 60 } as const;
/** Between the picture and the box. */
const EDGE = 6;

/** Strokes of a move in a square from -1 to 1. */
const STROKES: Readonly<Record<Move, string>> = {
  left: "M1 0H-1M-.3-.6-1 0l.7.6",
  right: "M-1 0H1M.3-.6 1 0 .3.6",
  up: "M0 1V-1M-.6-.3 0-1l.6.7",
  down: "M0-1V1M-.6.3 0 1l.6-.7",
  in: "M-1-.7V-1h.4M1-.7V-1H.6M-1 .7V1h.4M1 .7V1H.6M0-.4V.4M-.4 0H.4",
  out: "M-1-.7V-1h.4M1-.7V-1H.6M-1 .7V1h.4M1 .7V1H.6M-.4 0H.4",
  roll: "M.9-.3A.95.95 0 1 0 .9.4M1-.9V-.3H.4",
  shake: "M-1.1 0-.7-.7-.2.7.3-.7.7.7 1.1 0",
};

function Card({ shot: { x, y, width, height, move, cells } }: { readonly shot: DrawnShot }) {
  const bar = height * 0.24;
  const cell = (width - 2) / cells.length;
  const reach = Math.min(width, height - bar) * 0.26;
  return (
    <g>
      <rect x={x} y={y} width={width} height={height} rx={Math.min(3, width / 8)} fill="var(--surface-3)" stroke="var(--outline)" strokeWidth="0.75" />
      {move === null ? null : <path d={STROKES[move]} transform={`translate(${String(x + width / 2)} ${String(y + (height - bar) / 2)}) scale(${String(reach)})`} fill="none" stroke="var(--text-1)" strokeWidth={1.1 / reach} strokeLinecap="round" strokeLinejoin="round" />}
      {cells.map((own, index) => (
        <rect key={index} x={x + 1 + index * cell + 0.3} y={y + height - bar} width={cell - 0.6} height={bar - 1.2} rx="0.6" fill={own ? "var(--text-1)" : "var(--cell-ready)"} />
      ))}
    </g>
  );
}

/** A starter tree as a small picture of itself: its shots where they will lie, their moves and seconds. Only for the eye. */
export function TemplatePicture({ tree }: { readonly tree: readonly TemplateShot[] }) {
  const drawn = drawTree(tree, { width: BOX.width - 2 * EDGE, height: BOX.height - 2 * EDGE });
  return (
    <svg viewBox={`${String(-EDGE)} ${String(-EDGE)} ${String(BOX.width)} ${String(BOX.height)}`} width={BOX.width} height={BOX.height} aria-hidden>
      {drawn.map((shot) => <Card key={`${String(shot.x)} ${String(shot.y)}`} shot={shot} />)}
    </svg>
  );
}
