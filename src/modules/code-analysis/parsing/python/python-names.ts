import { part, type Syntax } from '../tree-sitter/syntax.js';

/** Statements whose own statements bind names in the same scope: only functions and classes make scopes. */
const SAME_SCOPE = new Set([
  'if_statement',
  'elif_clause',
  'else_clause',
  'try_statement',
  'except_clause',
  'finally_clause',
  'with_statement',
  'while_statement',
  'for_statement',
  'block',
  'expression_statement',
]);

/** Names that the statements of one body bind. */
export function namesIn(statements: readonly Syntax[], text: string): string[] {
  const names: string[] = [];
  const waiting = [...statements];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    names.push(...declaredBy(node, text));
    if (SAME_SCOPE.has(node.type)) waiting.push(...node.children);
  }
  return names;
}

function declaredBy(node: Syntax, text: string): string[] {
  switch (node.type) {
    case 'assignment': {
      const left = part(node, 'left');
      const right = part(node, 'right');
      const nested = right?.type === 'assignment' ? declaredBy(right, text) : [];
      return [...(left ? namesOf(left, text) : []), ...nested];
    }
    case 'function_definition':
    case 'class_definition': {
      const name = part(node, 'name');
      return name ? namesOf(name, text) : [];
    }
    case 'decorated_definition': {
      const definition = part(node, 'definition');
      return definition ? declaredBy(definition, text) : [];
    }
    default:
      return [];
  }
}

/** Names that a target binds. */
export function namesOf(target: Syntax, text: string): string[] {
  if (target.type === 'identifier') return [text.slice(target.start, target.end)];
  return /^(pattern_list|tuple_pattern|list_pattern)$/.test(target.type)
    ? target.children.flatMap((child) => namesOf(child, text))
    : [];
}
