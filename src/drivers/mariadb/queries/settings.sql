-- Result: the settings of the server that this driver looks at.
show session variables where variable_name in (
  'version', 'read_only', 'super_read_only', 'innodb_read_only', 'max_allowed_packet', 'log_bin', 'binlog_format',
  'innodb_flush_log_at_trx_commit', 'sync_binlog', 'wsrep_on', 'wsrep_sync_wait', 'innodb_doublewrite', 'max_connections'
)
