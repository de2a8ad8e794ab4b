// What secretlint's recommended rules find in texts: a judge who knows nothing of ours.

/** The findings in each text, or undefined if secretlint is not installed. */
export async function judge(texts) {
  let lintSource
  let preset
  try {
    lintSource = (await import('@secretlint/core')).lintSource
    preset = await import('@secretlint/secretlint-rule-preset-recommend')
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
    return undefined
  }
  const findings = []
  for (const [index, content] of texts.entries()) {
    const { messages } = await lintSource({
      source: { content, filePath: `message-${index}.txt`, ext: '.txt', contentType: 'text' },
      options: {
        config: { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: preset.creator }] },
      },
    })
    for (const { message } of messages) findings.push({ message, content })
  }
  return findings
}
