package random

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"golang.org/x/crypto/bcrypt"

	"github.com/kubernetes-faas/kubernetes-faas/sandbox/plugins/local/localtest"
)

type args = localtest.Args

func drive(t *testing.T, name string) localtest.Driver {
	server, err := New(nil, "4.21.2")
	if err != nil {
		t.Fatal(err)
	}
	return localtest.Driver{T: t, Server: server, Token: "random:index/" + strings.ToLower(name[:1]) + name[1:] + ":" + name}
}

func TestPasswordHoldsWhatIsDemandedAndNothingElse(t *testing.T) {
	d := drive(t, "RandomPassword")
	id, state := d.Create(args{
		"length": 30, "lower": false, "minUpper": 5, "minNumeric": 6, "minSpecial": 7, "overrideSpecial": "é~",
	})
	password := localtest.Text(t, state, "result", true)
	counts := map[string]int{}
	for _, character := range password {
		switch {
		case strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZ", character):
			counts["upper"]++
		case strings.ContainsRune("0123456789", character):
			counts["numeric"]++
		case strings.ContainsRune("é~", character):
			counts["special"]++
		default:
			t.Errorf("%q in %q", character, password)
		}
	}
	if len([]rune(password)) != 30 || counts["upper"] < 5 || counts["numeric"] < 6 || counts["special"] < 7 {
		t.Errorf("%q has %v", password, counts)
	}
	if id != idOfSecret {
		t.Errorf("the id is %q", id)
	}
	if _, again := d.Create(args{"length": 30}); localtest.Text(t, again, "result", true) == password {
		t.Error("two passwords are equal")
	}
}

func TestBcryptHashVerifiesUpToItsLimitAtUpstreamsCost(t *testing.T) {
	_, state := drive(t, "RandomPassword").Create(args{"length": 100})
	password, hash := localtest.Text(t, state, "result", true), []byte(localtest.Text(t, state, "bcryptHash", true))
	if err := bcrypt.CompareHashAndPassword(hash, []byte(password[:72])); err != nil {
		t.Error(err)
	}
	if cost, err := bcrypt.Cost(hash); err != nil || cost != 10 {
		t.Errorf("cost %d, %v", cost, err)
	}
}

func TestWrongArgumentsAreRefusedWithTheirName(t *testing.T) {
	for _, test := range []struct {
		resource string
		args     args
		want     string
	}{
		{"RandomPassword", args{}, "length: missing: give a whole number"},
		{"RandomPassword", args{"length": 0}, "length: 0 is below the minimum, 1"},
		{"RandomPassword", args{"length": 1.5}, "length: 1.5 is not a whole number"},
		{"RandomPassword", args{"length": "8"}, `length: "8" is not a whole number`},
		{"RandomPassword", args{"length": 3, "minUpper": 2, "minLower": 2}, "length: 3 is below minUpper + minLower + minNumeric + minSpecial, 4"},
		{"RandomString", args{"length": 3, "upper": false, "lower": false, "special": false, "number": false}, "numeric: no character is left"},
		{"RandomString", args{"length": 3, "keepers": args{"a": 1.0}}, "keepers.a: 1 is not a string"},
		{"RandomString", args{"length": 3, "lenght": 3}, "lenght: no such argument; known are keepers, length"},
		{"RandomId", args{"byteLength": 0}, "byteLength: 0 is below the minimum, 1"},
		{"RandomInteger", args{"min": 5, "max": 4}, "max: 4 is below min, 5"},
	} {
		if faults := drive(t, test.resource).Faults(test.args); !strings.HasPrefix(faults, test.want) {
			t.Errorf("%v: %q", test.args, faults)
		}
	}
	unknown := args{"length": resource.Computed{Element: resource.NewProperty("")}, "minUpper": 9}
	if faults := drive(t, "RandomPassword").Faults(unknown); faults != "" {
		t.Errorf("an unknown length: %q", faults)
	}
}

func TestOnlyRealChangesReplace(t *testing.T) {
	d := drive(t, "RandomPassword")
	_, state := d.Create(args{"length": 12, "keepers": args{"version": "1"}})
	for _, test := range []struct {
		args args
		want string
	}{
		{args{"length": 12, "keepers": args{"version": "1"}}, ""},
		{args{"length": 12, "keepers": args{"version": "1"}, "upper": true, "minUpper": 0, "overrideSpecial": ""}, ""},
		{args{"length": 12, "keepers": args{"version": "2"}}, "replace: keepers"},
		{args{"length": 13, "keepers": args{"version": "1"}}, "replace: length"},
		{args{"length": 12}, "replace: keepers"},
		{args{"length": 12, "keepers": args{"version": resource.MakeSecret(resource.NewProperty("1"))}}, ""},
	} {
		if got := d.Diff(state, test.args); got != test.want {
			t.Errorf("%v: %q", test.args, got)
		}
	}
	if _, read, err := d.Read("none", state); err != nil || !read.DeepEquals(state) {
		t.Errorf("a refresh changed %v to %v, %v", state, read, err)
	}
}

func TestPreviewLeavesGeneratedValuesUnknown(t *testing.T) {
	preview := drive(t, "RandomPassword").Preview(args{"length": 12})
	if !preview["length"].IsNumber() || !preview["result"].ContainsUnknowns() || !preview["bcryptHash"].ContainsUnknowns() {
		t.Errorf("%v", preview)
	}
}

func TestOneValueInItsSpellings(t *testing.T) {
	id, state := drive(t, "RandomId").Create(args{"byteLength": 5, "prefix": "p-"})
	digits := strings.TrimPrefix(localtest.Text(t, state, "hex", false), "p-")
	bytes, err := hex.DecodeString(digits)
	if want := describeID("p-", bytes); err != nil || len(bytes) != 5 || want.ID != id {
		t.Errorf("%s is not %s, %v", id, want.ID, err)
	}
	id, state = drive(t, "RandomBytes").Create(args{"length": 9})
	if text := localtest.Text(t, state, "hex", true); len(text) != 18 || id != idOfSecret {
		t.Errorf("%s as %s", text, id)
	}
}

func TestIntegersStayInRangeAndSeedsRepeat(t *testing.T) {
	d, seen := drive(t, "RandomInteger"), map[float64]bool{}
	for range 200 {
		_, state := d.Create(args{"min": -1, "max": 1})
		seen[state["result"].NumberValue()] = true
	}
	if len(seen) != 3 || !seen[-1] || !seen[0] || !seen[1] {
		t.Errorf("drawn: %v", seen)
	}
	first, _ := d.Create(args{"min": 0, "max": 1 << 40, "seed": "s"})
	if second, _ := d.Create(args{"min": 0, "max": 1 << 40, "seed": "s"}); first != second {
		t.Errorf("%s and %s from one seed", first, second)
	}
}

func TestImport(t *testing.T) {
	for _, test := range []struct {
		resource, id, imported, output, value string
		args                                  args
	}{
		{"RandomPassword", "hello-secret", "none", "result", "hello-secret", args{"length": 12}},
		{"RandomString", "hello", "hello", "result", "hello", args{"length": 5}},
		{"RandomId", "my-prefix-,p-9hUg", "p-9hUg", "hex", "my-prefix-a7ef6152", args{"byteLength": 4, "prefix": "my-prefix-"}},
		{"RandomId", "p-9hUg", "p-9hUg", "dec", "2817483090", args{"byteLength": 4}},
		{"RandomBytes", "AAH/", "none", "hex", "0001ff", args{"length": 3}},
		{"RandomUuid", "aabbccdd-eeff-0011-2233-445566778899", "aabbccdd-eeff-0011-2233-445566778899", "result", "aabbccdd-eeff-0011-2233-445566778899", args{}},
		{"RandomInteger", "15390,1,50000", "15390", "", "", args{"min": 1, "max": 50000}},
		{"RandomInteger", "15390,1,50000,a,b", "15390", "seed", "a,b", args{"min": 1, "max": 50000, "seed": "a,b"}},
	} {
		d := drive(t, test.resource)
		response, state, err := d.Read(test.id, nil)
		if err != nil || response.Id != test.imported {
			t.Fatalf("%s: %v, %v", test.resource, response, err)
		}
		if test.output != "" {
			secret := test.resource == "RandomPassword" || test.resource == "RandomBytes"
			if got := localtest.Text(t, state, test.output, secret); got != test.value {
				t.Errorf("%s of %s is %s", test.output, test.resource, got)
			}
		}
		if diff := d.Diff(state, test.args); diff != "" {
			t.Errorf("%s: %s after the import", test.resource, diff)
		}
	}
	for name, id := range map[string]string{"RandomId": "???", "RandomUuid": "x", "RandomInteger": "1,2", "RandomBytes": "?"} {
		if _, _, err := drive(t, name).Read(id, nil); err == nil {
			t.Errorf("%s took %q", name, id)
		}
	}
	if _, _, err := drive(t, "RandomPet").Read("x", nil); err == nil || !strings.Contains(err.Error(), "install the official one") {
		t.Errorf("RandomPet: %v", err)
	}
}
