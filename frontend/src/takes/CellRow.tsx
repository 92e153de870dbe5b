import { secondCells } from "./secondCells";
import type { BarSource } from "./secondCells";

interface CellRowProps {
  readonly take: BarSource;
  readonly playhead: number | null;
  readonly numbered?: boolean;
}

/** The cells of a second bar, without what makes it a control. */
export function CellRow({ take, playhead, numbered = false }: CellRowProps) {
  return secondCells(take, playhead).map((cell) => (
    <i key={cell.second} data-state={cell.state} style={{ "--at": `${String(Math.round(cell.fill * 100))}%`, flexGrow: cell.span } as object}>
      {numbered ? <span>{cell.second}</span> : null}
    </i>
  ));
}

/** A small bar that only shows: in chips, far cards and waiting thumbs. */
export function MicroBar({ take, size }: { readonly take: BarSource; readonly size: "micro" | "thumb" }) {
  const tone = take.status === "queued" || take.status === "running" ? "generating" : "plain";
  return (
    <div className="bar" data-size={size} data-tone={tone} aria-hidden="true">
      <CellRow take={take} playhead={null} />
    </div>
  );
}
