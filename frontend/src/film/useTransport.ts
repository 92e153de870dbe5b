import { useMemo, useState } from "react";

/** Whether a film plays, and whether it begins anew at its end. */
export interface Transport {
  readonly playing: boolean;
  readonly looping: boolean;
  readonly setPlaying: (playing: boolean) => void;
  readonly setLooping: (looping: boolean) => void;
}

export function useTransport(): Transport {
  const [playing, setPlaying] = useState(false);
  const [looping, setLooping] = useState(false);
  return useMemo(() => ({ playing, looping, setPlaying, setLooping }), [playing, looping]);
}
