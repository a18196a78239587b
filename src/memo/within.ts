/** What work gives. @throws where it takes longer than `ms`; the work goes on */
export async function within<Value>(ms: number, work: Promise<Value>): Promise<Value> {
  const done = new AbortController();
  const late = scheduler.wait(ms, { signal: done.signal }).then(() => {
    throw new Error(`no answer within ${ms} ms`);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort();
  }
}
