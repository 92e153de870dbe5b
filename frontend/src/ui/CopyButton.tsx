import { Copy } from "lucide-react";
import { useTranslation } from "react-i18next";
import { copyText } from "@/lib/copyText";
import { IconButton } from "./IconButton";
import { toast } from "./toast";

interface CopyButtonProps {
  /** What is copied, as it is. */
  readonly text: string;
  /** What it is called: "Copy the seed". */
  readonly label: string;
}

/** A small button beside a value that people carry elsewhere. */
export function CopyButton({ text, label }: CopyButtonProps) {
  const { t } = useTranslation("app");
  const copy = async (): Promise<void> => {
    if (await copyText(text)) toast.success(t("copied"));
    else toast.error(t("notCopied"));
  };
  return <IconButton label={label} icon={<Copy className="ic" aria-hidden />} onClick={() => { void copy(); }} />;
}
