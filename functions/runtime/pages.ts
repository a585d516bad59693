/** All pages of what AWS gives in pieces: `ask` is called with the token of the page before, undefined for the first. */
export async function pagesOf<Page>(
  ask: (token: string | undefined) => Promise<Page>,
  tokenOf: (page: Page) => string | undefined,
): Promise<Page[]> {
  const pages: Page[] = [];
  let token: string | undefined;
  do {
    const page = await ask(token);
    pages.push(page);
    token = tokenOf(page);
  } while (token);
  return pages;
}
