import { pause, play, seek, toggleLoop, usePlayhead, usePlaying } from "@/player/playback";
import type { Take } from "./take";
import { TimeBar } from "./TimeBar";
import type { TimeBarProps } from "./TimeBar";

interface SecondBarProps extends Pick<TimeBarProps, "size" | "onSave" | "onContinue" | "onMenu"> {
  readonly take: Take;
}

/** The bar of a take: what the player shows follows it, wherever else the take is seen. */
export function SecondBar({ take, ...rest }: SecondBarProps) {
  return (
    <TimeBar
      {...rest}
      source={take}
      playhead={usePlayhead(take.id)}
      playing={usePlaying(take.id)}
      onSeek={(time) => { seek(take.id, time); }}
      onLoop={() => { toggleLoop(take.id); }}
      onPlaying={(wanted) => { if (wanted) play(take.id); else pause(take.id); }}
    />
  );
}
