import { Maximize, Pause, Play, Repeat, SkipBack, SkipForward } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { clock } from "@/lib/time";
import { finishedSource } from "@/takes/secondCells";
import { TimeBar } from "@/takes/TimeBar";
import "@/takes/takes.css";
import { IconButton } from "@/ui/IconButton";
import { clipAt, filmShape, FPS, framesOf, opacityAt, type Clip } from "./timeline";
import type { Transport } from "./useTransport";

export interface FilmPlayerProps {
  readonly clips: readonly Clip[];
  /** The film's frame that is shown. */
  readonly frame: number;
  readonly onFrame: (frame: number) => void;
  readonly transport: Transport;
  /** Shows its seconds to move along; the film's own screen has its lane for that. */
  readonly scrubs?: boolean;
}

/** Which frame of its own each clip around the shown moment stands at; the one before it matters within a dissolve. */
function standing(clips: readonly Clip[], frame: number): ReadonlyMap<number, number> {
  const seen = clipAt(clips, frame);
  if (seen === null) return new Map();
  const found = new Map([[seen.index, seen.frame]]);
  const [clip, before] = [clips[seen.index], clips[seen.index - 1]];
  if (clip !== undefined && before !== undefined && opacityAt(clip, frame) < 1) found.set(seen.index - 1, Math.min(before.stop - 1, before.start + frame - before.at));
  return found;
}

/** Plays the film from its clips: the next one is loaded before it is needed, and lies over the last one in a dissolve. */
export function FilmPlayer({ clips, frame, onFrame, transport, scrubs = false }: FilmPlayerProps) {
  const { t } = useTranslation("film");
  const words = useTranslation("player").t;
  const { playing, looping, setPlaying, setLooping } = transport;
  const player = useRef<HTMLDivElement>(null);
  const videos = useRef<Map<number, HTMLVideoElement>>(new Map());
  const seen = clipAt(clips, frame);
  const total = framesOf(clips);
  const index = seen?.index ?? -1;
  const shown = clips[index];
  const opacity = shown === undefined ? 1 : opacityAt(shown, frame);

  useEffect(() => {
    const places = standing(clips, frame);
    for (const [number, video] of videos.current) {
      const own = places.get(number);
      if (own === undefined) { video.pause(); continue; }
      const wanted = (own + 0.5) / FPS;
      if (Math.abs(video.currentTime - wanted) > (playing ? 0.3 : 0.5 / FPS)) video.currentTime = wanted;
      if (playing) void video.play().catch(() => setPlaying(false));
      else video.pause();
    }
  }, [clips, frame, playing, setPlaying]);

  useEffect(() => {
    if (!playing) return undefined;
    let handle = 0;
    const tick = (): void => {
      const clip = clips[index];
      const video = videos.current.get(index);
      if (clip !== undefined && video !== undefined) {
        const end = clip.at + clip.stop - clip.start;
        const next = clips[index + 1];
        const at = clip.at + Math.floor(video.currentTime * FPS) - clip.start;
        if (video.ended || at >= Math.min(end, next?.at ?? end)) {
          if (next !== undefined) onFrame(next.at);
          else if (looping) onFrame(0);
          else { setPlaying(false); onFrame(0); return; }
        } else if (at > frame) onFrame(at);
      }
      handle = requestAnimationFrame(tick);
    };
    handle = requestAnimationFrame(tick);
    return () => cancelAnimationFrame(handle);
  }, [playing, looping, setPlaying, index, clips, frame, onFrame]);

  const back = (): void => { onFrame(shown === undefined ? 0 : frame > shown.at ? shown.at : clips[index - 1]?.at ?? 0); };
  const on = (): void => { const next = clips[index + 1]; if (next !== undefined) onFrame(next.at); };
  return (
    // Its shape is not known before its clips are: nothing is shown that would have to change.
    <div ref={player} className="film-player" style={{ "--shape": filmShape(clips), ...(clips.length === 0 ? { visibility: "hidden" } : {}) } as object}>
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
              style={{ visibility: number === index || (number === index - 1 && opacity < 1) ? "visible" : "hidden", opacity: number === index ? opacity : 1 }}
            />
          ),
        )}
      </div>
      {scrubs ? <TimeBar source={finishedSource(total / FPS)} playhead={frame / FPS} playing={playing} onSeek={(time) => onFrame(Math.max(0, Math.min(total - 1, Math.round(time * FPS))))} onPlaying={setPlaying} onLoop={() => setLooping(!looping)} /> : null}
      <div className="transport">
        <span className="num"><span className="strong transport-time">{clock(frame / FPS)}</span> <span className="t3">/ {clock(total / FPS, 0)}</span></span>
        <span className="row">
          <IconButton label={t("clipBack")} disabled={clips.length === 0} icon={<SkipBack className="ic" aria-hidden />} onClick={back} />
          <button type="button" className="play-round" aria-label={words(playing ? "pause" : "play")} disabled={clips.length === 0} onClick={() => setPlaying(!playing)}>
            {playing ? <Pause className="ic" aria-hidden /> : <Play className="ic" aria-hidden />}
          </button>
          <IconButton label={t("clipOn")} disabled={index < 0 || index >= clips.length - 1} icon={<SkipForward className="ic" aria-hidden />} onClick={on} />
        </span>
        <span className="row end">
          <IconButton label={words("again")} on={looping} icon={<Repeat className="ic" aria-hidden />} onClick={() => setLooping(!looping)} />
          <IconButton label={words("fullscreen")} icon={<Maximize className="ic" aria-hidden />} onClick={() => void player.current?.requestFullscreen().catch(() => undefined)} />
        </span>
      </div>
    </div>
  );
}
