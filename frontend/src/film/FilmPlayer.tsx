import { Pause, Play } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { clock } from "@/lib/time";
import { IconButton } from "@/ui/IconButton";
import { clipAt, FPS, framesOf, type Clip } from "./timeline";

export interface FilmPlayerProps {
  readonly clips: readonly Clip[];
  /** The film's frame that is shown. */
  readonly frame: number;
  readonly onFrame: (frame: number) => void;
}

/** Plays the film from its clips: two videos take turns, the next one is loaded before it is needed. */
export function FilmPlayer({ clips, frame, onFrame }: FilmPlayerProps) {
  const { t } = useTranslation("film");
  const [playing, setPlaying] = useState(false);
  const videos = useRef<Map<number, HTMLVideoElement>>(new Map());
  const seen = clipAt(clips, frame);
  const total = framesOf(clips);
  const index = seen?.index ?? -1;
  const own = seen?.frame ?? 0;

  useEffect(() => {
    const video = videos.current.get(index);
    if (video === undefined) return;
    const wanted = (own + 0.5) / FPS;
    if (Math.abs(video.currentTime - wanted) > (playing ? 0.3 : 0.5 / FPS)) video.currentTime = wanted;
    if (playing) void video.play().catch(() => setPlaying(false));
    else video.pause();
    for (const [number, other] of videos.current) if (number !== index) other.pause();
  }, [index, own, playing]);

  useEffect(() => {
    if (!playing) return undefined;
    let handle = 0;
    const tick = (): void => {
      const clip = clips[index];
      const video = videos.current.get(index);
      if (clip !== undefined && video !== undefined) {
        const at = clip.at + Math.floor(video.currentTime * FPS) - clip.start;
        if (video.ended || at >= clip.at + clip.stop - clip.start) {
          if (index + 1 < clips.length) onFrame(clip.at + clip.stop - clip.start);
          else { setPlaying(false); onFrame(0); return; }
        } else if (at > frame) onFrame(at);
      }
      handle = requestAnimationFrame(tick);
    };
    handle = requestAnimationFrame(tick);
    return () => cancelAnimationFrame(handle);
  }, [playing, index, clips, frame, onFrame]);

  return (
    <div className="film-player">
      <div className="plate film-screen">
        {clips.map((clip, number) =>
          clip.url === null || Math.abs(number - index) > 1 ? null : (
            <video
              key={clip.item.id}
              ref={(element) => { if (element === null) videos.current.delete(number); else videos.current.set(number, element); }}
              src={clip.url}
              poster={clip.poster ?? undefined}
              preload="auto"
              muted
              playsInline
              aria-label={clip.title}
              style={{ visibility: number === index ? "visible" : "hidden" }}
            />
          ),
        )}
      </div>
      <div className="row">
        <IconButton label={t(playing ? "pause" : "play")} icon={playing ? <Pause className="ic" aria-hidden /> : <Play className="ic" aria-hidden />} disabled={clips.length === 0} onClick={() => setPlaying(!playing)} />
        <span className="num strong">{clock(frame / FPS)}</span>
        <span className="num t3">/ {clock(total / FPS)}</span>
        <input className="grow" type="range" min={0} max={Math.max(0, total - 1)} value={Math.min(frame, Math.max(0, total - 1))} aria-label={clock(frame / FPS)} onChange={(event) => onFrame(Number(event.target.value))} />
      </div>
    </div>
  );
}
