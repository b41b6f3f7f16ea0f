import { readFileSync, writeFileSync } from 'node:fs';
import { projectFile } from '../core/project.js';
import { openApiDocument, openApiText } from '../http/openapi.js';

/** Writes the document, or compares it with the committed one: exit code 1 when they differ. */
export async function openapi(options: { check: boolean }): Promise<void> {
  const file = projectFile('openapi', 'openapi.json');
  const text = openApiText(await openApiDocument());
  if (!options.check) {
    writeFileSync(file, text);
    console.log('openapi/openapi.json 已更新 (written)');
  } else if (readFileSync(file, 'utf8') === text) {
    console.log('openapi/openapi.json 与代码一致 (no drift)');
  } else {
    console.error('openapi/openapi.json 与代码不一致，请运行 npm run openapi (drift)');
    process.exitCode = 1;
  }
}
