import canvas from "./canvas.json";
import nodes from "./nodes.json";
import player from "./player.json";
import takes from "./takes.json";

/** What the canvas and its shots say. */
export const words = { canvas, nodes, player, takes };
