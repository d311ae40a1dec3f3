package httpd

import (
	"context"
	"net"
)

// UserHeader names the account an operator's request acts for, by e-mail address. It means nothing on a request that is
// not an operator's.
const UserHeader = "Kith-User"

type operatorKey struct{}

// AsOperator marks a context as the machine's operator: someone who could open the data folder itself. Only a listener
// that nobody else can reach (a 0600 socket) and code in the same process may set it; no header does.
func AsOperator(ctx context.Context) context.Context {
	return context.WithValue(ctx, operatorKey{}, true)
}

// IsOperator reports whether the request came through such a door.
func IsOperator(ctx context.Context) bool {
	ok, _ := ctx.Value(operatorKey{}).(bool)
	return ok
}

// OperatorConn is a ConnContext for the server of the operator's socket.
func OperatorConn(ctx context.Context, _ net.Conn) context.Context { return AsOperator(ctx) }
