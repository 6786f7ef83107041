/** What of `env.DB` this backend uses. The whole interface is that of Cloudflare D1. */
export interface Database {
  prepare(sql: string): Statement;
}

export interface Statement {
  bind(...values: (string | number | null)[]): Statement;
  first<Row>(): Promise<Row | null>;
  all<Row>(): Promise<{ results: Row[] }>;
  run(): Promise<{ meta: { changes: number } }>;
}
