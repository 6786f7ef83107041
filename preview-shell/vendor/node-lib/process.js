'use strict';

// Re-export process as a built-in module
module.exports = process;
