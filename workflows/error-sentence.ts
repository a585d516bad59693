/** How every error reads: what was expected, what was found, and what to do next. */
export const errorSentence = (expected: string, found: string, next: string): string =>
  `Expected ${expected}; found ${found}. ${next}`;
