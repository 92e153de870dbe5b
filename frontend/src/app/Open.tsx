import { useEffect } from "react";
import { Outlet } from "react-router";
import { applySettings, lastLook } from "@/session/preferences";

/** What is around screens that anybody may see. */
export function Open() {
  useEffect(() => applySettings(lastLook()), []);
  return <Outlet />;
}
