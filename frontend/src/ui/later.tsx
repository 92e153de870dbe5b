import { useEffect, useState } from "react";
import type { ComponentType, ReactNode } from "react";
import i18next from "i18next";
import { toast } from "./toast";

/** A part of the screen that comes when it is first wanted, and may be fetched before. */
type Later<Props> = ((props: Props) => ReactNode) & { readonly warm: () => Promise<unknown> };

/**
 * Fetches a part when it is first shown. Without a line it says so and stays out, and everything around it stands; it
 * comes as soon as there is a line again.
 *
 * @param load Fetches it.
 * @param meanwhile What stands in its place until then.
 */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>, meanwhile: ReactNode = null): Later<Props> {
  let known: ComponentType<Props> | null = null;
  const warm = async (): Promise<ComponentType<Props>> => {
    known ??= await load();
    return known;
  };
  function Part(props: Props): ReactNode {
    const [Loaded, setLoaded] = useState(() => known);
    useEffect(() => {
      if (Loaded !== null) return undefined;
      let gone = false;
      const bring = (): void => {
        warm().then((found) => { if (!gone) setLoaded(() => found); }, () => { if (!gone) toast.error(i18next.t("app:part_missing")); });
      };
      bring();
      window.addEventListener("online", bring);
      return () => { gone = true; window.removeEventListener("online", bring); };
    }, [Loaded]);
    return Loaded === null ? meanwhile : <Loaded {...props} />;
  }
  return Object.assign(Part, { warm });
}
