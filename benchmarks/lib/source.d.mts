/** Compiles `packages/<file>` with what it imports, and imports it. Throws if the file does not exist. */
export function importSource(file: string): Promise<Record<string, unknown>>
