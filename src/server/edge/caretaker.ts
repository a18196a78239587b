/** What Node asks of the Worker in a process, over a socket that only its user may connect to. */

interface Env {
  /** The Worker under its care. */
  WORKER: Fetcher & { scheduled(event: ScheduledOptions): Promise<{ outcome: string }> };
  /** If the process has the database. */
  DB?: D1Database;
}

interface ScheduledOptions {
  cron: string;
  scheduledTime: Date;
}

/** An SQL statement with its values. */
interface Statement {
  sql: string;
  values: unknown[];
}

export default {
  async fetch(request, { WORKER, DB }) {
    const { pathname } = new URL(request.url);
    switch (pathname) {
      case "/scheduled": {
        const { cron } = await request.json<{ cron: string }>();
        return Response.json(await WORKER.scheduled({ cron, scheduledTime: new Date() }));
      }
      case "/batch": {
        if (DB === undefined) return new Response("no database here\n", { status: 404 });
        const statements = await request.json<Statement[]>();
        try {
          const results = await DB.batch(statements.map(({ sql, values }) => DB.prepare(sql).bind(...values)));
          return Response.json(results.map((result) => result.results));
        } catch (error) {
          return new Response(error instanceof Error ? error.message : String(error), { status: 500 });
        }
      }
      default:
        return new Response("not found\n", { status: 404 });
    }
  },
} satisfies ExportedHandler<Env>;
