import { negotiate } from './negotiation.js';

const offered = ['application/json', 'text/markdown', 'text/html'];

describe('what a caller accepts', () => {
  it.each([
    [undefined, 'application/json'],
    ['', 'application/json'],
    ['*/*', 'application/json'],
    ['text/*', 'text/markdown'],
    ['text/html', 'text/html'],
    ['TEXT/HTML; charset=utf-8', 'text/html'],
    ['text/html, application/json', 'text/html'],
    ['text/html;q=0.5, application/json;q=0.9', 'application/json'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text/html'],
    ['*/*, text/html;q=0', 'application/json'],
    ['text/*;q=0.9, text/html;q=0.1', 'text/markdown'],
    ['application/xml', undefined],
    ['application/json;q=0', undefined],
    ['application/json;q=oops', undefined],
    ['nonsense', undefined],
  ])('%j gets %j', (accept, type) => {
    expect(negotiate(accept, offered)).toBe(type);
  });
});
