import { useEffect } from "react";
import { Outlet } from "react-router";
import { applySettings, readSettings } from "@/session/preferences";

/** What is around screens that anybody may see. */
export function Open() {
  useEffect(() => applySettings(readSettings({})), []);
  return <Outlet />;
}
