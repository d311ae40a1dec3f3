package db

import (
	"context"
	"database/sql/driver"
	"errors"

	"github.com/lib/pq"
)

// connector opens connections that keep their statements prepared: the driver itself asks the server twice for every
// statement with parameters, once to read it and once to run it.
type connector struct{ *pq.Connector }

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	whole, ok := conn.(pqConn)
	if !ok {
		_ = conn.Close()
		return nil, errors.New("the PostgreSQL driver's connections are not what they were")
	}
	return &keepingConn{pqConn: whole, stmts: map[string]pqStmt{}}, nil
}

type pqConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.NamedValueChecker
	driver.Pinger
	driver.QueryerContext
	driver.SessionResetter
	driver.Validator
}

type pqStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// keepingConn is one connection, used by one goroutine at a time as database/sql promises.
type keepingConn struct {
	pqConn
	stmts map[string]pqStmt
}

func (c *keepingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	stmt, err := c.stmt(ctx, query, args)
	if errors.Is(err, errAsItIs) {
		return c.pqConn.QueryContext(ctx, query, args)
	}
	if err != nil {
		return nil, err
	}
	rows, err := stmt.QueryContext(ctx, args)
	c.forget(query, err)
	return rows, err
}

func (c *keepingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	stmt, err := c.stmt(ctx, query, args)
	if errors.Is(err, errAsItIs) {
		return c.pqConn.ExecContext(ctx, query, args)
	}
	if err != nil {
		return nil, err
	}
	res, err := stmt.ExecContext(ctx, args)
	c.forget(query, err)
	return res, err
}

// errAsItIs says that a statement is not prepared: one without parameters may be several, as migrations are.
var errAsItIs = errors.New("run the statement as it is")

// stmt is the prepared statement, or errAsItIs.
func (c *keepingConn) stmt(ctx context.Context, query string, args []driver.NamedValue) (pqStmt, error) {
	if s, ok := c.stmts[query]; ok {
		return s, nil
	}
	if len(args) == 0 || len(c.stmts) >= maxStmts {
		return nil, errAsItIs
	}
	fresh, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s, ok := fresh.(pqStmt)
	if !ok {
		_ = fresh.Close()
		return nil, errAsItIs
	}
	c.stmts[query] = s
	return s, nil
}

// forget drops a statement the server no longer knows, or whose tables were changed under it, so that the next try
// prepares it anew.
func (c *keepingConn) forget(query string, err error) {
	if pqErr, ok := errors.AsType[*pq.Error](err); ok && (pqErr.Code == "0A000" || pqErr.Code == "26000") {
		_ = c.stmts[query].Close()
		delete(c.stmts, query)
	}
}
