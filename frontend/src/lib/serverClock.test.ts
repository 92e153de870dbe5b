import { afterEach, describe, expect, it } from "vitest";
import { hearServerTime, serverNow } from "./serverClock";

const HOUR = 3_600_000;
const answer = (off: number): string => new Date(Date.now() + off).toUTCString();

afterEach(() => { hearServerTime(answer(0)); });

describe("the server's clock", () => {
  it.each([-5, 26])("is followed by a device that is %i hours off", (hours) => {
    hearServerTime(answer(hours * HOUR));
    expect(Math.abs(serverNow() - Date.now() - hours * HOUR)).toBeLessThan(2000);
  });

  it("is the device's own while the two agree to the second", () => {
    hearServerTime(answer(-1500));
    expect(Math.abs(serverNow() - Date.now())).toBeLessThan(100);
  });

  it("stays as it was where an answer has no date, or none that can be read", () => {
    hearServerTime(answer(HOUR));
    hearServerTime(null);
    hearServerTime("yesterday");
    expect(serverNow() - Date.now()).toBeGreaterThan(HOUR - 2000);
  });
});
