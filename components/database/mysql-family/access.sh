# Brings databases and users to what the files beside it say: accounts.sql, access.sql and surplus.sql in ACCESS. No password
# is in them, only what is made of it.
#
# ADDRESS, PORT     the server that takes writes      CERTIFICATES     the authority, and the administrator's certificate

over_network() {
    # shellcheck disable=SC2046 # options are words
    "$client" --no-defaults --connect-timeout=5 --host="$ADDRESS" --port="$PORT" --user=admin \
        $(by_certificate client) --batch --skip-column-names --raw
}

until echo "DO 1;" | over_network; do
    sleep 2
done
cat "$ACCESS/accounts.sql" "$ACCESS/access.sql" | over_network
surplus=$(over_network <"$ACCESS/surplus.sql")
echo "$surplus" | over_network
