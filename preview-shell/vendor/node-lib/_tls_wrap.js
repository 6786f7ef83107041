'use strict';

const { TLSSocket, Server, createServer, connect } = require('internal/tls/wrap');
module.exports = {
  TLSSocket,
  Server,
  createServer,
  connect,
};
