FROM orderly-base-debian:trixie
# The official image's user; and no cluster of Debian's own making.
RUN groupadd --system --gid 999 postgres \
 && useradd --system --uid 999 --gid 999 --home-dir /var/lib/postgresql --shell /bin/bash postgres \
 && mkdir -p /etc/postgresql-common \
 && echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf \
 && apt-get update \
 && apt-get install -y --no-install-recommends postgresql-17 \
 && rm -rf /var/lib/apt/lists/* \
 && sed -ri "s/^#?(listen_addresses) *=.*/\1 = '*'/" /usr/share/postgresql/17/postgresql.conf.sample \
 && install -d -m 1777 -o postgres -g postgres /var/lib/postgresql/data /var/run/postgresql \
 && mkdir /docker-entrypoint-initdb.d
COPY --chmod=755 postgres-entrypoint /usr/local/bin/docker-entrypoint.sh
ENV LANG=C.UTF-8 \
    PATH=/usr/lib/postgresql/17/bin:$PATH \
    PGDATA=/var/lib/postgresql/data
LABEL orderly.stand-in=postgres:17
VOLUME /var/lib/postgresql/data
ENTRYPOINT ["docker-entrypoint.sh"]
STOPSIGNAL SIGINT
EXPOSE 5432
CMD ["postgres"]
