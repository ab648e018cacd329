//! A small symmetric matrix, stored once: what a covariance is. Plain loops in a fixed order, so that every machine gets
//! the same bits (`ARCHITECTURE.md`, law 1).

use serde::{Deserialize, Serialize};

/// A symmetric matrix as its lower triangle, row by row. A new last row and column is an append.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(into = "Vec<f64>", try_from = "Vec<f64>")]
pub struct Symmetric {
    size: usize,
    lower: Vec<f64>,
}

/// Stored numbers that are no matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSymmetric {
    /// Their count is not 1, 3, 6, 10 …
    #[error("{count} numbers are no lower triangle of a matrix: it has size (size + 1) / 2 of them")]
    Count {
        /// How many there are.
        count: usize,
    },
    /// One of them is NaN or infinite.
    #[error("number {index} of a matrix is not finite")]
    NotFinite {
        /// The place of that number.
        index: usize,
    },
}

impl Symmetric {
    /// The matrix with this diagonal, and 0 elsewhere.
    pub fn diagonal(diagonal: &[f64]) -> Symmetric {
        let mut matrix = Symmetric::default();
        for (row, &value) in diagonal.iter().enumerate() {
            matrix.grow(&vec![0.0; row], value);
        }
        matrix
    }

    /// How many rows it has.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The number at a row and a column. `None` outside.
    pub fn get(&self, row: usize, column: usize) -> Option<f64> {
        (row.max(column) < self.size).then(|| self.lower[index(row, column)])
    }

    /// Adds to one number of the diagonal; does nothing outside.
    pub fn add_to_diagonal(&mut self, row: usize, amount: f64) {
        if row < self.size {
            self.lower[index(row, row)] += amount;
        }
    }

    /// Adds a last row and column: `beside` holds what stands before the diagonal; what it lacks is 0.
    pub(crate) fn grow(&mut self, beside: &[f64], on_diagonal: f64) {
        self.lower.extend((0..self.size).map(|k| beside.get(k).copied().unwrap_or(0.0)));
        self.lower.push(on_diagonal);
        self.size += 1;
    }

    /// The product with a vector given by its entries that are not 0. Entries outside count as 0.
    pub(crate) fn times(&self, entries: &[(usize, f64)]) -> Vec<f64> {
        let mut product = vec![0.0; self.size];
        for &(column, factor) in entries.iter().filter(|(column, _)| *column < self.size) {
            for (row, sum) in product.iter_mut().enumerate() {
                *sum += self.lower[index(row, column)] * factor;
            }
        }
        product
    }

    /// Takes away `factor` times the outer square of a vector, as long as the matrix.
    pub(crate) fn take_square(&mut self, vector: &[f64], factor: f64) {
        let mut rest = self.lower.as_mut_slice();
        for (row, &value) in vector.iter().enumerate().take(self.size) {
            let (this, below) = rest.split_at_mut(row + 1);
            for (number, other) in this.iter_mut().zip(vector) {
                *number -= factor * value * other;
            }
            rest = below;
        }
    }

    /// Its Cholesky factor L, with L Lᵀ the matrix. `None` where it is not positive definite.
    pub(crate) fn factor(&self) -> Option<Factor> {
        let mut factor = vec![0.0; self.lower.len()];
        for row in 0..self.size {
            for column in 0..=row {
                let inner: f64 = (0..column).map(|k| factor[index(row, k)] * factor[index(column, k)]).sum();
                let rest = self.lower[index(row, column)] - inner;
                factor[index(row, column)] = if column < row {
                    rest / factor[index(column, column)]
                } else if rest > 0.0 {
                    rest.sqrt()
                } else {
                    return None;
                };
            }
        }
        Some(Factor(factor))
    }
}

/// A lower triangular matrix, row by row, with a positive diagonal.
pub(crate) struct Factor(Vec<f64>);

impl Factor {
    /// The squared length of the solution z of L z = `vector`: the distance that a covariance L Lᵀ sees.
    pub(crate) fn squared_distance(&self, vector: &[f64]) -> f64 {
        let mut solved: Vec<f64> = Vec::with_capacity(vector.len());
        for (row, &value) in vector.iter().enumerate() {
            let inner: f64 = solved.iter().enumerate().map(|(k, z)| self.0[index(row, k)] * z).sum();
            solved.push((value - inner) / self.0[index(row, row)]);
        }
        solved.iter().map(|z| z * z).sum()
    }
}

fn index(row: usize, column: usize) -> usize {
    let (low, high) = (row.min(column), row.max(column));
    high * (high + 1) / 2 + low
}

impl From<Symmetric> for Vec<f64> {
    fn from(matrix: Symmetric) -> Self {
        matrix.lower
    }
}

impl TryFrom<Vec<f64>> for Symmetric {
    type Error = NotSymmetric;
    fn try_from(lower: Vec<f64>) -> Result<Self, NotSymmetric> {
        if let Some(index) = lower.iter().position(|number| !number.is_finite()) {
            return Err(NotSymmetric::NotFinite { index });
        }
        let (mut size, mut count) = (0, 0);
        while count < lower.len() {
            size += 1;
            count += size;
        }
        if count == lower.len() {
            Ok(Symmetric { size, lower })
        } else {
            Err(NotSymmetric::Count { count: lower.len() })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SIZE: usize = 4;

    /// A + Σ v vᵀ, as a matrix and as plain rows.
    fn both(vectors: &[[f64; SIZE]]) -> (Symmetric, [[f64; SIZE]; SIZE]) {
        let mut matrix = Symmetric::diagonal(&[1.0; SIZE]);
        let mut rows = [[0.0; SIZE]; SIZE];
        (0..SIZE).for_each(|k| rows[k][k] = 1.0);
        for vector in vectors {
            matrix.take_square(vector, -1.0);
            for (row, a) in rows.iter_mut().zip(vector) {
                row.iter_mut().zip(vector).for_each(|(number, b)| *number += a * b);
            }
        }
        (matrix, rows)
    }

    fn vectors() -> impl Strategy<Value = Vec<[f64; SIZE]>> {
        prop::collection::vec(prop::array::uniform4(-2.0f64..2.0), 0..5)
    }

    proptest! {
        #[test]
        fn it_is_what_the_whole_matrix_would_be(vectors in vectors(), entry in 0..SIZE, factor in -2.0f64..2.0) {
            let (matrix, rows) = both(&vectors);
            let product = matrix.times(&[(entry, factor), (SIZE, 7.0)]);
            for (i, row) in rows.iter().enumerate() {
                for (j, number) in row.iter().enumerate() {
                    prop_assert!((matrix.get(i, j).unwrap() - number).abs() < 1e-12);
                }
                prop_assert!((product[i] - row[entry] * factor).abs() < 1e-12);
            }
        }

        #[test]
        fn its_factor_measures_the_distance_that_it_means(vectors in vectors(), x in prop::array::uniform4(-2.0f64..2.0)) {
            // for y = A x, yᵀ A⁻¹ y = xᵀ A x
            let (matrix, rows) = both(&vectors);
            let y: Vec<f64> = rows.iter().map(|row| row.iter().zip(x).map(|(a, b)| a * b).sum()).collect();
            let expected: f64 = y.iter().zip(x).map(|(a, b)| a * b).sum();
            let distance = matrix.factor().unwrap().squared_distance(&y);
            prop_assert!((distance - expected).abs() <= 1e-10 * (1.0 + expected), "{distance} {expected}");
        }

        #[test]
        fn a_checkpoint_keeps_it(vectors in vectors()) {
            let (matrix, _) = both(&vectors);
            let text = serde_json::to_string(&matrix).unwrap();
            let kept: Symmetric = serde_json::from_str(&text).unwrap();
            for k in 0..SIZE {
                prop_assert!((kept.get(k, 0).unwrap() - matrix.get(k, 0).unwrap()).abs() < 1e-14);
            }
        }
    }

    #[test]
    fn what_is_no_covariance_is_refused() {
        assert!(Symmetric::diagonal(&[1.0, 0.0]).factor().is_none());
        assert_eq!(Symmetric::try_from(vec![1.0, 2.0]), Err(NotSymmetric::Count { count: 2 }));
        assert_eq!(Symmetric::try_from(vec![f64::NAN]), Err(NotSymmetric::NotFinite { index: 0 }));
        assert_eq!(Symmetric::diagonal(&[1.0]).get(0, 1), None);
    }
}
