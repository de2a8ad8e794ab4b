/** The folder of the package: `src/` and the built files of `dist/` are one below it. */
export const packageRoot = new URL('../', import.meta.url)
