/** The document for people, from the JSON that is the truth. */
import type { DocumentEnvelope } from '../document.types.js';
import {
  checkBlocks,
  dataBlocks,
  evidenceBlocks,
  questionBlocks,
  riskBlocks,
  unmeasuredBlocks,
} from './back-blocks.js';
import { htmlOf, markdownOf, type Block } from './blocks.js';
import { decisionBlocks } from './decision-blocks.js';
import { glanceBlocks, headBlocks, needBlocks, numberBlocks, requirementBlocks } from './front-blocks.js';
import { escapeHtml } from './inline.js';
import { PAGE_STYLE } from './page-style.js';

function blocksOf(envelope: DocumentEnvelope): Block[] {
  const { body } = envelope;
  return [
    ...headBlocks(envelope),
    ...glanceBlocks(body),
    ...needBlocks(body),
    ...numberBlocks(body),
    ...requirementBlocks(body),
    ...decisionBlocks(body),
    ...questionBlocks(body),
    ...checkBlocks(body),
    ...dataBlocks(body),
    ...riskBlocks(body),
    ...unmeasuredBlocks(body),
    ...evidenceBlocks(body),
  ];
}

export function renderMarkdown(envelope: DocumentEnvelope): string {
  return markdownOf(blocksOf(envelope));
}

/** A page of its own: no script, no link to the outside, one style element, readable on paper. */
export function renderHtml(envelope: DocumentEnvelope): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(`Technical requirements: ${envelope.body.title}`)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<main>
${htmlOf(blocksOf(envelope))}
</main>
</body>
</html>
`;
}
