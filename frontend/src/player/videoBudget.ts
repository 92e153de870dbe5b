/** At most this many videos play at once, and this many are mounted; the rest show posters. */
export const MOST_PLAYING = 4;
export const MOST_MOUNTED = 8;

interface Seat {
  readonly key: string;
  playing: boolean;
  readonly leave: () => void;
  readonly pause: () => void;
}

/** Hands out seats for videos; whoever was used longest ago makes room. */
export class VideoBudget {
  private readonly seats: Seat[] = [];

  /** Takes a seat. `leave` is called when someone else needs it, `pause` when too many play. */
  mount(key: string, leave: () => void, pause: () => void): void {
    this.unmount(key);
    while (this.seats.length >= MOST_MOUNTED) {
      const oldest = this.seats.find((seat) => !seat.playing) ?? this.seats[0];
      if (oldest === undefined) break;
      this.unmount(oldest.key);
      oldest.leave();
    }
    this.seats.push({ key, playing: false, leave, pause });
  }

  unmount(key: string): void {
    const index = this.seats.findIndex((seat) => seat.key === key);
    if (index >= 0) this.seats.splice(index, 1);
  }

  /** Marks a video as playing; the one that has played longest pauses when there are too many. */
  play(key: string): void {
    const index = this.seats.findIndex((seat) => seat.key === key);
    const seat = this.seats[index];
    if (seat === undefined) return;
    this.seats.splice(index, 1);
    const playing = this.seats.filter((one) => one.playing);
    const surplus = playing.length - MOST_PLAYING + 1;
    for (const one of playing.slice(0, Math.max(0, surplus))) {
      one.playing = false;
      one.pause();
    }
    seat.playing = true;
    this.seats.push(seat);
  }

  pause(key: string): void {
    const seat = this.seats.find((one) => one.key === key);
    if (seat !== undefined) seat.playing = false;
  }

  get counts(): { readonly mounted: number; readonly playing: number } {
    return { mounted: this.seats.length, playing: this.seats.filter((seat) => seat.playing).length };
  }
}

/** One budget for the whole page. */
export const videoBudget = new VideoBudget();
