/** The result of the work; null: it takes longer than `ms`. The work goes on. */
export async function inTime<Value>(ms: number, work: Promise<Value>): Promise<Value | null> {
  const late = Promise.withResolvers<null>();
  const timer = setTimeout(() => late.resolve(null), ms);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** As {@link inTime}. @throws if it takes longer */
export async function within<Value>(ms: number, work: Promise<Value>): Promise<Value> {
  const done = await inTime(
    ms,
    work.then((value) => ({ value })),
  );
  if (done === null) throw new Error(`no answer within ${ms} ms`);
  return done.value;
}
