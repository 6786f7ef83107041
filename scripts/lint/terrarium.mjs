/** Lint rules for this project's own hazards (an oxlint plugin in ESLint's form). */

/** A message with target origin "*" reaches whoever has navigated the frame since. */
const noWildcardTarget = {
  meta: { type: 'problem', messages: { wildcard: 'Name the target origin of postMessage: "*" hands the message to any page.' } },
  create(context) {
    const isWildcard = (node) => node?.type === 'Literal' && node.value === '*';
    const hasWildcardOption = (node) =>
      node?.type === 'ObjectExpression' && node.properties.some((property) => property.key?.name === 'targetOrigin' && isWildcard(property.value));
    return {
      CallExpression(node) {
        const { callee } = node;
        const name = callee.type === 'MemberExpression' ? callee.property.name : callee.name;
        if (name !== 'postMessage') return;
        const target = node.arguments[1];
        if (isWildcard(target) || hasWildcardOption(target)) context.report({ node, messageId: 'wildcard' });
      },
    };
  },
};

/** Comments are for a reader in three years: what was, and what is yet to come, belongs to the history and the issues. */
const noUnfinished = {
  meta: { type: 'problem', messages: { unfinished: 'Finish it or throw an error with a code; a comment is no place for unfinished work.' } },
  create(context) {
    return {
      Program() {
        for (const comment of context.sourceCode.getAllComments()) {
          if (/\b(?:TODO|FIXME|XXX|HACK)\b/.test(comment.value)) context.report({ loc: comment.loc, messageId: 'unfinished' });
        }
      },
    };
  },
};

export default {
  meta: { name: 'terrarium' },
  rules: { 'no-wildcard-target': noWildcardTarget, 'no-unfinished': noUnfinished },
};
