export type Words = Readonly<Record<string, unknown>>;
/** Words of one language; `home.json` is the namespace `home`. */
export type Vocabulary = Readonly<Record<string, Words>>;

/** What a glob of a language's files found, under the names of the features. */
export function byFeature(files: Readonly<Record<string, Words>>): Vocabulary {
  return Object.fromEntries(
    Object.entries(files).map(([path, words]) => [path.slice(path.lastIndexOf("/") + 1, -".json".length), words]),
  );
}
