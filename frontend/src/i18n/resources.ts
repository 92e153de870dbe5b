type Words = Record<string, unknown>;

const files = import.meta.glob<Words>("./{en,zh-CN}/*.json", { eager: true, import: "default" });

/** All words by language and feature: `en/home.json` is the namespace `home` in English. */
export const resources: Record<string, Record<string, Words>> = {};
for (const [path, words] of Object.entries(files)) {
  const [, language = "", feature = ""] = /^\.\/([^/]+)\/(.+)\.json$/.exec(path) ?? [];
  resources[language] = { ...resources[language], [feature]: words };
}
