/** The film that shots are added to where nothing else is said: the project's first. Ids of the server grow with time. */
export function mainFilm<Film extends { readonly id: string }>(films: readonly Film[]): Film | null {
  return films.reduce<Film | null>((first, film) => (first === null || film.id < first.id ? film : first), null);
}
