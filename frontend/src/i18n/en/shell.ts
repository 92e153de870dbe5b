import app from "./app.json";
import errors from "./errors.json";

/** What every screen says. */
export const words = { app, errors };
