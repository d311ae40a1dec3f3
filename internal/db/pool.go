package db

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"
)

// ListenPool opens a pool of one connection to listen on. It exists for the job queue alone, and on PostgreSQL alone.
func (d *DB) ListenPool(ctx context.Context) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(d.url)
	if err != nil {
		return nil, fmt.Errorf("read the database address: %w", withoutPassword(err, d.url))
	}
	cfg.MinConns, cfg.MaxConns = 0, 1
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open a pool to listen: %w", err)
	}
	return pool, nil
}
