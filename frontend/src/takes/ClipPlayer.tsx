import { Maximize, Pause, Play, Repeat } from "lucide-react";
import { useEffect, useRef } from "react";
import type { KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Sprite } from "@/api/types";
import { clock } from "@/lib/time";
import { leave, pause, play, seek, toggleLoop, togglePlay, useLooping, useMounted, usePlayhead, usePlaying } from "@/player/playback";
import { TakeVideo } from "@/player/TakeVideo";
import { IconButton } from "@/ui/IconButton";
import { barKey } from "./barKeys";
import { finishedSource } from "./secondCells";
import { TimeBar } from "./TimeBar";
import "./takes.css";

export interface ClipPlayerProps {
  /** Its own among everything that is played on the page. */
  readonly id: string;
  readonly url: string;
  readonly poster: string | null;
  readonly seconds: number;
  /** Width over height. */
  readonly shape: number;
  readonly sprite?: Sprite | null;
  /** The words it was made from, which stand for it where it cannot be seen. */
  readonly label: string;
}

/** A finished clip with the same bar, keys and words as everywhere: a picture until somebody wants it to move. */
export function ClipPlayer({ id, url, poster, seconds, shape, sprite = null, label }: ClipPlayerProps) {
  const { t } = useTranslation("player");
  const player = useRef<HTMLDivElement>(null);
  const mounted = useMounted(id);
  const playing = usePlaying(id);
  const looping = useLooping(id);
  const playhead = usePlayhead(id);
  useEffect(() => () => { leave(id); }, [id]);
  const setPlaying = (wanted: boolean): void => { if (wanted) play(id); else pause(id); };
  // The bar's keys count anywhere in the player, but for those that press a button.
  const key = (event: KeyboardEvent): void => {
    const wish = event.key === " " || event.key === "Enter" ? null : barKey(event, playhead ?? 0, seconds);
    if (wish?.do === "seek") seek(id, wish.time);
    else if (wish?.do === "toggle") togglePlay(id);
    else if (wish?.do === "play") play(id);
    else if (wish?.do === "loop") toggleLoop(id);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const word = t(playing ? "pause" : "play");
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys of the controls inside bubble up to here
    <div ref={player} className="clip-player" style={{ "--shape": shape } as object} role="group" aria-label={label === "" ? t("clip") : label} onKeyDown={key}>
      <div className="plate clip-picture">
        {poster === null ? null : <img src={poster} alt="" decoding="async" />}
        {mounted ? <TakeVideo takeId={id} live={null} mediaUrl={url} total={seconds} label={label} /> : null}
        <button type="button" className="cover" tabIndex={-1} aria-label={t("toggle")} onClick={() => { togglePlay(id); }} />
      </div>
      <TimeBar source={finishedSource(seconds, sprite)} playhead={playhead} playing={playing} onSeek={(time) => { seek(id, time); }} onPlaying={setPlaying} onLoop={() => { toggleLoop(id); }} />
      <div className="row clip-controls">
        <IconButton label={word} icon={playing ? <Pause className="ic" aria-hidden /> : <Play className="ic" aria-hidden />} onClick={() => { togglePlay(id); }} />
        <span className="num grow"><span className="strong">{clock(playhead ?? 0)}</span> <span className="t3">/ {clock(seconds, Number.isInteger(seconds) ? 0 : 1)}</span></span>
        <IconButton label={t("again")} on={looping} icon={<Repeat className="ic" aria-hidden />} onClick={() => { toggleLoop(id); }} />
        <IconButton label={t("fullscreen")} icon={<Maximize className="ic" aria-hidden />} onClick={() => void player.current?.requestFullscreen().catch(() => undefined)} />
      </div>
    </div>
  );
}
