import { useState } from "react";
import { wantsStillness } from "@/lib/stillness";

export interface HoverClipProps {
  readonly poster: string;
  readonly clip: string | null;
}

/** A poster that plays its clip, silently, while pointed at. */
export function HoverClip({ poster, clip }: HoverClipProps) {
  const [playing, setPlaying] = useState(false);
  return (
    <span
      className="cover"
      onPointerEnter={() => setPlaying(clip !== null && !wantsStillness())}
      onPointerLeave={() => setPlaying(false)}
    >
      <img src={poster} alt="" loading="lazy" decoding="async" className="cover" />
      {playing && clip !== null ? <video src={clip} className="cover" muted autoPlay loop playsInline /> : null}
    </span>
  );
}
