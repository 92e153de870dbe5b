import { expect, it } from "vitest";
import { filmWish } from "./useFilmKeys";

/** What a key does, by name. */
function done(key: string, more: { readonly ctrlKey?: boolean; readonly shiftKey?: boolean; readonly altKey?: boolean } = {}, singleKeys = true): string {
  const calls: string[] = [];
  const say = (name: string) => (frames?: number): void => { calls.push(frames === undefined ? name : `${name} ${String(frames)}`); };
  const wish = filmWish({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...more }, singleKeys);
  wish?.({ toggle: say("toggle"), play: say("play"), step: say("step"), home: say("home"), end: say("end"), loop: say("loop"), undo: say("undo"), redo: say("redo") });
  return calls.join();
}

it("plays, steps by frames and seconds, and jumps to the ends", () => {
  expect([" ", "k", "l", "j", ",", ".", "Home", "End", "p"].map((key) => done(key))).toEqual(["toggle", "toggle", "play", "step -24", "step -1", "step 1", "home", "end", "loop"]);
});

it("undoes and redoes", () => {
  expect([done("z", { ctrlKey: true }), done("Z", { ctrlKey: true, shiftKey: true }), done("y", { ctrlKey: true })]).toEqual(["undo", "redo", "redo"]);
});

it("leaves letters alone where single keys are off, and what belongs to the browser", () => {
  expect(["k", "j", ",", "p"].map((key) => done(key, {}, false))).toEqual(["", "", "", ""]);
  expect([done(" ", {}, false), done("r", { ctrlKey: true }), done(".", { altKey: true })]).toEqual(["toggle", "", ""]);
});
