# docker build -t scim-tests . && docker run --rm -e SCIM_TESTS_TOKEN -v "$PWD:/work" scim-tests run --target-url URL --yes
FROM python:3.13-slim
COPY pyproject.toml README.md LICENSE /source/
COPY scim_tests /source/scim_tests
COPY reference_server /source/reference_server
COPY fixtures /source/fixtures
RUN pip install --no-cache-dir /source && rm -r /source && useradd --create-home --uid 1000 tester
USER tester
WORKDIR /work
ENTRYPOINT ["scim-tests"]
CMD ["run", "--reference", "--report-dir", "/tmp/report"]
