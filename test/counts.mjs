/**
 * What vitest's JSON says, in numbers. A file that could not be loaded has no tests, and counts as one that failed; so
 * does a run that failed although no test did, or that left no results.
 */
export function countsOf(results, succeeded) {
  const broken = (results?.testResults ?? []).filter(
    (file) => file.status === "failed" && file.assertionResults.length === 0,
  );
  const counts = {
    passed: results?.numPassedTests ?? 0,
    failed: (results?.numFailedTests ?? 0) + broken.length,
    skipped: (results?.numPendingTests ?? 0) + (results?.numTodoTests ?? 0),
  };
  if (!succeeded && counts.failed === 0) counts.failed = 1;
  return counts;
}
