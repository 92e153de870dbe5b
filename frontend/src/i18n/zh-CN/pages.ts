import film from "./film.json";
import library from "./library.json";
import own from "./own.json";
import player from "./player.json";
import queue from "./queue.json";
import session from "./session.json";
import settings from "./settings.json";
import share from "./share.json";

/** What the other screens say. */
export const words = { film, library, own, player, queue, session, settings, share };
