"""PostgreSQL and Valkey that come with the product, for laptops, demos and tests.

Plain Python: nothing here imports Django, so that a server can be started before
settings are read. A launcher (`postgres`, `valkey`) keeps one server in the foreground;
`servers` starts both launchers behind the caller's back and says where they answer;
`databases` makes roles and databases.

Everything listens on 127.0.0.1 only and trusts whoever can connect there: every local
user of the machine can read and write these databases. That is right for a demo and a
test, and wrong for anything else: real installations name their own servers by URL.
"""
