package cli

import (
	"errors"
	"io/fs"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"kith/internal/httpd"
	"kith/internal/notify"
)

// Everything that can be configured is a flag here, and every flag has its KITH_* twin in the environment. A flag wins
// over the environment. There is no configuration file.

// storeFlags say where the data is. They belong to every command that works on it.
type storeFlags struct {
	Data     string `group:"store" env:"KITH_DATA" placeholder:"DIR" help:"Data folder (default: ${data})."`
	Database string `group:"store" env:"KITH_DATABASE" placeholder:"URL" help:"Database, if it is not in the folder: postgres://user:password@host/name."`
}

// personFlags say where the data is and whose it is. They belong to commands of daily use.
type personFlags struct {
	storeFlags `embed:""`
	User       string `group:"store" env:"KITH_USER" placeholder:"EMAIL" help:"Whose data; one account needs none."`
	URL        string `group:"store" env:"KITH_URL" placeholder:"URL" help:"A Kith server to speak to instead of a folder, with the token in KITH_TOKEN."`
	Token      string `group:"store" env:"KITH_TOKEN" hidden:"" help:"Token for --url. Better kept in the environment, since others see command lines."`
}

// jsonFlag belongs to every command that reads.
type jsonFlag struct {
	JSON bool `name:"json" help:"Print JSON, as the HTTP API answers it."`
}

// serveFlags configure the server.
type serveFlags struct {
	storeFlags   `embed:""`
	Addr         string   `env:"KITH_ADDR" default:"${addr}" placeholder:"HOST:PORT" help:"Address to listen on (${default})."`
	PublicURL    string   `env:"KITH_PUBLIC_URL" placeholder:"URL" help:"The address people open. Passkeys hang on its host. Where it is https, --tls says who has the certificate."`
	TLS          string   `name:"tls" env:"KITH_TLS" placeholder:"HOW" enum:"auto,acme,off" default:"auto" help:"acme: get a certificate for the name in --public-url, and answer by https. off: answer by plain HTTP; a proxy has the certificate. auto: acme where --public-url is https, --addr is not loopback and no --trusted-proxy is named; else off (${default})."`
	ACME         string   `name:"acme-directory" env:"KITH_ACME_DIRECTORY" placeholder:"URL" help:"Authority to get the certificate from instead of Let's Encrypt. Getting one accepts the terms of whichever it is."`
	PlainAddr    string   `name:"plain-addr" env:"KITH_PLAIN_ADDR" default:":80" placeholder:"HOST:PORT" help:"Where plain HTTP is led to https, and the authority may ask, when Kith gets its own certificate (${default})."`
	Role         string   `env:"KITH_ROLE" enum:"all,web,worker" default:"all" help:"What this node does: web, worker or all (${default}); several nodes need PostgreSQL."`
	TrustedProxy []string `env:"KITH_TRUSTED_PROXY" placeholder:"CIDR" help:"Networks whose X-Forwarded-For is believed."`
	MailServer   string   `env:"KITH_MAIL_SERVER" placeholder:"URL" help:"Mail server for what people order by mail: smtp://user@host:587 (STARTTLS), smtps://user@host (TLS), smtp+plain://host for a relay next door. It needs --public-url. The password is in KITH_MAIL_PASSWORD or in a file."`
	MailPassword string   `env:"KITH_MAIL_PASSWORD" hidden:"" help:"Password for --mail-server. Better kept in the environment, since others see command lines."`
	MailSecret   string   `name:"mail-password-file" env:"KITH_MAIL_PASSWORD_FILE" placeholder:"FILE" help:"File that holds the password for --mail-server."`
	MailFrom     string   `env:"KITH_MAIL_FROM" placeholder:"ADDRESS" help:"Address that mail is from, such as \"Kith <kith@example.org>\"."`
	AllowOut     []string `name:"allow-outgoing" env:"KITH_ALLOW_OUTGOING" placeholder:"CIDR" help:"Private networks, addresses or hosts that Kith may ask for calendars."`
	AdminAddr    string   `env:"KITH_ADMIN_ADDR" placeholder:"HOST:PORT" help:"Loopback address for /metrics and /debug/pprof; off by default."`
	LogFormat    string   `env:"KITH_LOG_FORMAT" placeholder:"FORMAT" enum:"text,json" default:"text" help:"text or json (${default})."`
	LogLevel     string   `env:"KITH_LOG_LEVEL" placeholder:"LEVEL" enum:"debug,info,warn,error" default:"info" help:"debug, info, warn or error (${default})."`
}

// allowEnv names the private networks that may be asked, for every command that may ask.
const allowEnv = "KITH_ALLOW_OUTGOING"

// defaultAddr is where Kith listens unless told otherwise.
const defaultAddr = "127.0.0.1:5484"

// vars are the words that help texts mention.
func vars() map[string]string {
	data, err := dataFolder("")
	if err != nil {
		data = "the XDG data folder"
	}
	if home, err := os.UserHomeDir(); err == nil {
		if rest, ok := strings.CutPrefix(data, home+string(filepath.Separator)); ok {
			data = "~" + string(filepath.Separator) + rest
		}
	}
	return map[string]string{"data": data, "addr": defaultAddr}
}

// dataFolder is the folder named, or the place where this system keeps a program's data.
func dataFolder(named string) (string, error) {
	if named != "" {
		return filepath.Abs(named)
	}
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "kith"), nil
	}
	if runtime.GOOS == "windows" {
		if dir := os.Getenv("LocalAppData"); dir != "" {
			return filepath.Join(dir, "Kith"), nil
		}
	}
	home, err := os.UserHomeDir()
	if err != nil || home == "" {
		return "", errors.New("there is no home folder to keep the data in: name a folder with --data or KITH_DATA")
	}
	return filepath.Join(home, ".local", "share", "kith"), nil
}

// store is where the data is, worked out.
type store struct {
	folder   string // holds the key file, and on SQLite the database, the lock and the socket
	database string // as db.Open takes it
	locked   bool   // SQLite: one process at a time
}

func (s store) keys() string { return filepath.Join(s.folder, "keys") }

// certificates are what an authority gave for the public address.
func (s store) certificates() string { return filepath.Join(s.folder, "certificates") }

// help is the operator's own list of where there is help.
func (s store) help() string { return filepath.Join(s.folder, "help.json") }

// exists says whether there is anything to open yet.
func (s store) exists() bool {
	if !s.locked {
		return true
	}
	_, err := os.Stat(strings.TrimPrefix(s.database, "sqlite:"))
	return !errors.Is(err, fs.ErrNotExist) // what is there and cannot be used is told when it is opened
}

// store works out the flags. A folder named on the command line wins over a database named in the environment.
func (f storeFlags) store(a *app) (store, error) {
	database := f.Database
	if a.named("data") && !a.named("database") {
		database = ""
	}
	if path, ok := strings.CutPrefix(database, "sqlite:"); ok {
		path, err := filepath.Abs(strings.TrimPrefix(path, "//"))
		if err != nil {
			return store{}, err
		}
		folder := filepath.Dir(path)
		return store{folder: folder, database: "sqlite:" + path, locked: true}, nil
	}
	folder, err := dataFolder(f.Data)
	if err != nil {
		return store{}, err
	}
	switch {
	case database == "":
		return store{folder: folder, database: "sqlite:" + filepath.Join(folder, "kith.db"), locked: true}, nil
	case strings.HasPrefix(database, "postgres://"), strings.HasPrefix(database, "postgresql://"):
		return store{folder: folder, database: database}, nil
	}
	return store{}, errors.New("the database address must begin with postgres:// or sqlite: (a plain folder is --data)")
}

// check refuses what cannot be meant, before anything is opened.
func (f *serveFlags) check(s store) error {
	if s.locked && f.Role != "all" {
		return usagef("--role %s needs PostgreSQL (--database): SQLite is one process, which does everything", f.Role)
	}
	if _, _, err := net.SplitHostPort(f.Addr); err != nil {
		return usagef("--addr must be HOST:PORT, such as %s", defaultAddr)
	}
	if f.AdminAddr != "" && !loopback(f.AdminAddr) {
		return usagef("--admin-addr must be a loopback HOST:PORT, such as 127.0.0.1:5485: it shows the inside of the program")
	}
	if f.PublicURL != "" {
		u, err := url.Parse(f.PublicURL)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
			return usagef("--public-url must be an address without a path, such as https://kith.example.org")
		}
		f.PublicURL = u.Scheme + "://" + u.Host
	}
	if err := f.checkTLS(); err != nil {
		return err
	}
	if _, err := f.mail(); err != nil {
		return err
	}
	_, err := f.proxies()
	return err
}

// certified says whether Kith answers by https with a certificate of its own: when it is asked to, or when people reach
// it by https and nothing that could have one stands between.
func (f *serveFlags) certified() bool {
	switch {
	case f.TLS == "off", f.Role == "worker":
		return false
	case f.TLS == "acme":
		return true
	}
	return strings.HasPrefix(f.PublicURL, "https:") && len(f.TrustedProxy) == 0 && !loopback(f.Addr)
}

func (f *serveFlags) checkTLS() error {
	if !f.certified() {
		if f.ACME != "" && f.TLS == "auto" && f.Role != "worker" {
			return usagef("--acme-directory says who gives a certificate, but none is asked for here: say --tls acme, or leave it out")
		}
		return nil
	}
	u, err := url.Parse(f.PublicURL)
	if err != nil || u.Scheme != "https" {
		return usagef("--tls acme needs --public-url https://NAME: the certificate is for that name")
	}
	if _, err := httpd.CertifiedName(u.Hostname()); err != nil {
		return usagef("--public-url %s: %v. Or end TLS elsewhere, and say --tls off", f.PublicURL, err)
	}
	if d, err := url.Parse(f.ACME); f.ACME != "" && (err != nil || d.Scheme != "https" || d.Host == "") {
		return usagef("--acme-directory must be an address by https, such as https://ca.example.org/acme/directory")
	}
	if _, _, err := net.SplitHostPort(f.PlainAddr); err != nil {
		return usagef("--plain-addr must be HOST:PORT, such as :80")
	}
	return nil
}

// mail is the mail server, or nil where none is named.
func (f *serveFlags) mail() (*notify.Server, error) {
	if f.MailServer == "" {
		return nil, nil //nolint:nilnil // no server is an answer here
	}
	if f.PublicURL == "" {
		return nil, usagef("--mail-server needs --public-url: what a mail points to must be an address that people can open")
	}
	password := f.MailPassword
	if f.MailSecret != "" {
		b, err := os.ReadFile(f.MailSecret)
		if err != nil {
			return nil, usagef("--mail-password-file cannot be read: %v", err)
		}
		password = strings.TrimRight(string(b), "\r\n")
	}
	s, err := notify.ParseServer(f.MailServer, password, f.MailFrom)
	if err != nil {
		return nil, usagef("%v", err)
	}
	return s, nil
}

// proxies are the trusted networks; a single address is a network of one.
func (f *serveFlags) proxies() ([]netip.Prefix, error) {
	var list []netip.Prefix
	for _, text := range f.TrustedProxy {
		text = strings.TrimSpace(text)
		if ip, err := netip.ParseAddr(text); err == nil {
			list = append(list, netip.PrefixFrom(ip, ip.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, usagef("--trusted-proxy must be a network, such as 10.0.0.0/8 or 127.0.0.1")
		}
		list = append(list, p.Masked())
	}
	return list, nil
}
